"""The HTTP front: how senders deliver, and how operators and their tools look in. Translates and guards; what is delivered is decided elsewhere."""
