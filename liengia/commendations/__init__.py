"""Commendations: from a nomination to a certificate that anybody can verify, by law and with dated money.

A *round* is one list of one authority, which ends in one decision. A *nomination* names a collective, an individual or
a household; what looks doubtful about it is asked about, never forbidden. A *council* votes in counts. The *decision* is
an official paper: its number comes from `papers`, its right and its money from dated tables. Each who is commended gets a
*certificate* with a code, a line in the honour register, and a place in the order of calling.

Public door: `models.Decision`, `models.Certificate` and their querysets; `services.nominate`, `services.decide`,
`services.hand_over`, `services.mark_absent`, `services.revoke_certificate`; `queries.counts`, `queries.roll`.
Source: Law 06/2022/QH15 on emulation and commendation; docs/areas/commendations.md.
"""
