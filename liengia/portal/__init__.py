"""The public front: a tree of pages with news, plain pages, and a portal for each commune that wants one.

Everybody reads the same: no page here holds a token, a session, a nonce or anything of one person. The front never
shows a running alarm. Each figure leads to the words that say how it is counted. What belongs to a room that is off
is left out, and the page stays whole.

Public door: `models`, `news`, `queries`, `urls`.
"""
