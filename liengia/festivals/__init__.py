"""The Festival (Ngày hội toàn dân bảo vệ ANTQ): a season, its days, the programme, the day itself live, and pledges.

A *season* has a theme and a period; its *days* are held by units and institutions, alone or joined. A day has a
programme in two parts, guests who answer by a private link, things to bring, a budget, plans for rain and safety.
On the day, phones send *events* (begun, this item is on, so many people); what the board shows is folded from them in
the order in which they happened, so that a phone that was without a network catches up and nothing is counted twice.
*Pledges* are signed by institutions and committees and answered for at half-year and year's end.

Public door: `services.seasons`, `services.days`, `services.live`, `services.guests`, `services.pledges`; reports count by `counts.held`.
Source: Prime Minister's Decision 521/QĐ-TTg of 13 June 2005 (19 August each year); docs/areas/festivals.md.
"""
