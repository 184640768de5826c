"""The addresses of the room."""

from __future__ import annotations

from django.urls import path, re_path

from liengia.festivals.views import guest, public, sheets, tell

app_name = "festivals"
_ON = r"(?P<on>\d{4}-\d{2}-\d{2})"

urlpatterns = [
    path("ngay-hoi/", public.index, name="index"),
    path("ngay-hoi/lich.ics", sheets.calendar, name="calendar"),
    path("ngay-hoi/truc-tiep/", public.latest, name="latest"),
    re_path(rf"^ngay-hoi/truc-tiep/{_ON}/$", public.live_board, name="board"),
    re_path(rf"^ngay-hoi/truc-tiep/{_ON}/phan/$", public.part, name="board_part"),
    re_path(rf"^ngay-hoi/truc-tiep/{_ON}/dong/$", public.stream, name="board_stream"),
    re_path(rf"^ngay-hoi/truc-tiep/{_ON}/man-hinh/$", public.screen, name="board_screen"),
    path("ngay-hoi/giao-uoc/", public.pledges, name="pledges"),
    path("ngay-hoi/giao-uoc/<slug:public_id>/", public.pledge, name="pledge"),
    path("ngay-hoi/moi/<slug:public_id>/<str:token>/", guest.answer, name="answer"),
    path("ngay-hoi/ghi/", tell.tell, name="tell"),
    path("ngay-hoi/ghi/sw.js", tell.worker, name="worker"),
    path("ngay-hoi/ghi/<slug:public_id>/", tell.sync, name="sync"),
    path("ngay-hoi/<slug:public_id>/", public.day, name="day"),
    path("ngay-hoi/<slug:public_id>/lich.ics", sheets.event, name="event"),
    path("ngay-hoi/<slug:public_id>/ap-phich.pdf", sheets.poster, name="poster"),
    path("ngay-hoi/<slug:public_id>/to-in.pdf", sheets.sheet, name="sheet"),
    path("ngay-hoi/<slug:public_id>/anh/<slug:picture_id>/<slug:size>/", public.picture, name="picture"),
]
