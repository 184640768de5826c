"""Official papers for all rooms: kinds, an office's own wordings, numbers without gaps, files that never change.

A *kind* (kế hoạch, quyết định, giấy mời…) is registered by a room, with the fields and blocks that it can fill. Its
*wording* is text that an office changes by itself; what the room ships stands until then. A *draft* is a wording with
its fields filled in. *Issuing* gives it the next number of its issuer, abbreviation and year, freezes what it says and
keeps its PDF and DOCX byte for byte. An issued paper is never deleted: it is revoked, with a reason, and its number stays.

Public door: `kinds.register`, `services.draft_paper`, `services.issue_paper`, `services.revoke_paper`, `brief.register`.
Source: Decree 30/2020/NĐ-CP (layout, numbering by issuer, kind and year).
"""
