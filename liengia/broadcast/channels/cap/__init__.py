"""CAP 1.2: warnings as other programs read them, and the warnings of other bodies read here.

`words` (event, category, urgency…), `document` (one warning as XML), `feed` (Atom), `reading` (strange XML, safely), `channel`.
Source: OASIS Common Alerting Protocol Version 1.2 (2010-07-01).
"""
