"""Organisations: institutions in time, committees and what they decide, agreements between institutions.

Words: an *organisation* is an institution from a day to a day, with its successor; a *committee* has *members*
by post, a *year's plan*, *meetings* whose *conclusions* become *tasks* with an owner and a date; an *agreement*
has *parties*, *duties*, a term and *reviews*. No religion is kept anywhere, and a place of worship has no person.
Public door: `models`, `services`, `demo.load`.
"""
