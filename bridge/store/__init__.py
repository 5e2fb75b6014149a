"""The store: what was accepted, decided, begun and told, kept across any end of the process. It computes nothing from what it keeps."""
