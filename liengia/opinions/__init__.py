"""Opinions: what people suggest, report and ask for, answered in public by a date; listening forums stand on it.

Words: an *opinion* has a *topic* with a service objective, goes by one *workflow*, and is due; the *public text* is its
redacted copy, decided on by a moderator; an *answer* is signed by an office; *evidence* shows that it was done; a *question*
goes back to the writer, who replies, rates and reopens by a *private code*; *support* is a number and no list.

Public door: `models.Opinion.public_`, `models.Opinion.all_`, `services` (verbs), `policies`, `codes`, `redaction`, `queries`.
"""
