"""What Statuspage answers, with every documented field: one module for each kind of resource.

Apart from the daemon's models (`bridge.statuspage.models`) on purpose: these know forty fields that the daemon has no use for, and a field that comes in another shape than documented must not blind it.
"""
