"""The commune's public front: home page, plain pages; news, comments and search are to come.

Public door: `urls`.
"""
