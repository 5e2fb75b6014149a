"""The life of an incident in the whole daemon on virtual time: when its components are lowered, when it goes on after its end, what it absorbs. Judged by what the page shows."""
