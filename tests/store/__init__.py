"""The store's tests share strategies and values."""
