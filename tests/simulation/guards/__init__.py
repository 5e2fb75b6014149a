"""Guards in the whole daemon on virtual time, each judged by what the page shows: nothing false is said when something bigger is wrong, and nothing true for long withheld."""
