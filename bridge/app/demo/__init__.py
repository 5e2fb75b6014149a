"""`bridge demo`: the main job in one process. A fake Statuspage, services that fail by a script, alerts about them, and the real daemon in between."""
