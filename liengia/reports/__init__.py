"""The report before the people: drawn from records, read aloud, frozen, followed to what each number counts.

A *report* is of a unit and a period, by default from one day of reporting to the next. Its *sections* are drawn by the
rooms' own providers (`core.reporting`); the editor writes words between them and may leave out most. The promises of
the last forum stand first, and the targets that were missed have a section of their own; neither can be left out.
*Publishing* freezes what is said; from then on only a visible *erratum* corrects it. A *target* is set for a day and
judged by the report whose period holds that day. A *unit's size* (households) makes units comparable.

Beside it stands the register "An toàn về an ninh, trật tự" (Circular 124/2021/TT-BCA): registered in the first
quarter, assessed by criteria that are data, recognised or not.

Public door: `services.begin_report`, `.recount`, `.publish_report`, `.correct_report`, `queries.said`, `safety.register_place`.
Source: Circular 124/2021/TT-BCA; Law 10/2022/QH15 (what a commune publishes and explains).
"""
