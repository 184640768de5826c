"""Practices (mô hình): what worked in one place, and how it spreads.

A *practice* is one as it runs in ONE place, a unit or an institution there. Another place that takes it over has a
practice of its own, *replicated from* the first: together they are a *family*, a tree. What changes in one place is a
*revision* (nâng cấp) of the same practice. *Praise* (biểu dương) and an *order to replicate* (nhân rộng) are acts of a
named body, each with its paper. Figures are counted from the platform's own records through `core.counts`; any other
figure is a *claim* and needs its evidence. A *campaign* ("Dân vận khéo") is a year's, with practices and exemplars.

A practice leaves and enters an installation as a file (`portable`), so that it spreads past one.
Public door: `queries.totals`, `services.*`, `Practice.objects`; see docs/areas/practices.md.
"""
