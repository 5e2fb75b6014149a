"""The one door to the Statuspage API.

It turns a method call into one HTTP request and its answer into one `Outcome`. It decides nothing: what is sent, when, how often and what an outcome means for the page is
the engine's. A resource of the API is one module here (`pages`, `components`, `incidents`, `metrics`), and `client` joins them.
"""
