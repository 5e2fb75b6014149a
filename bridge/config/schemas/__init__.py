"""The JSON Schemas of what stands in a rule file, each made from the keys of its reader."""
