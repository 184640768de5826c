"""The commune's public front: home page, what this is, privacy, accessibility; news, comments and search are to come.

The front never shows a running alarm: that is its group's matter. Each figure leads to the words that say how it
is counted. With the alarms room off the page leaves out what belongs to it and stays whole.

Public door: `urls`, `queries`.
"""
