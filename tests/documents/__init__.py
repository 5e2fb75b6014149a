"""The simulator and the client against the two documents of the API: the guide, and the vendor's own OpenAPI document."""
