"""Every error code of the reference tables (zalo-oa.md §5, messenger.md §5), in their order, with the class each needs.

Copied by hand from the references and from nowhere else, so that a row lost or changed in the program is noticed.
"""

from typing import Final

ZALO: Final = """
0 sent            -32 pause         -100 permanent     -124 token       -200 doubtful      -201 permanent
-202 pause alarm  -215 pause alarm  -204 pause alarm   -205 pause alarm -207 pause alarm   -208 pause alarm
-209 pause alarm  -210 permanent    -211 pause alarm   -212 pause alarm -213 closed        -214 permanent
-216 token        -217 closed       -218 closed        -219 pause alarm -220 token         -221 pause alarm
-223 pause alarm  -224 pause alarm  -227 closed        -230 closed      -232 closed        -233 permanent
-234 permanent    -235 pause alarm  -237 permanent     -238 permanent   -241 permanent     -403 permanent
-240 pause alarm  -242 pause alarm  -1241 pause alarm  -244 closed      -248 permanent     -249 permanent
-305 closed       -311 closed       -320 pause alarm   -321 pause alarm
"""
"""A stopped account, a missing permission or configuration pauses the channel until a person mends it."""

MESSENGER: Final = """
1/1357046 doubtful   1 doubtful           1/99 doubtful         2 retry              2/2018344 permanent alarm
1200 retry           4 pause              17 pause              32 pause             613 pause
613/2534040 pause    80006 pause          4/2018022 permanent   613/2018338 permanent alarm
10/2018278 closed    10/2018065 closed    10/2534022 closed     10/1893063 pause alarm
10/2018336 closed    10/2018108 closed    100 permanent alarm   100/2018001 closed   100/33 closed
100/2018008 permanent  100/2018047 permanent  100/2018294 permanent  100/2018109 permanent  100/2018074 permanent
100/2018014 permanent alarm  100/2534037 held  2018300 held  2018321 retry
190 token alarm      190/458 token alarm  190/460 token alarm   190/463 token alarm  190/467 token alarm
200 permanent alarm  200/2018028 permanent alarm  230 permanent alarm
200/1545041 closed   551 closed           551/1545041 closed
200/2018021 closed   2018027 closed       2022 permanent alarm  10303 permanent alarm
2018218 permanent    2018247 permanent    9000001 permanent     368 pause alarm
"""


def codes(table: str) -> list[tuple[str, str, bool]]:
    """Rows of (code, class, must people be told)."""
    words = table.split()
    rows: list[tuple[str, str, bool]] = []
    for word in words:
        if word.lstrip("-")[0].isdecimal():
            rows.append((word, "", False))
        elif word == "alarm":
            rows[-1] = (*rows[-1][:2], True)
        else:
            rows[-1] = (rows[-1][0], word, False)
    return rows
