"""The lot code: what is written on a box so that its fruit can be traced to a batch and a day."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re

LONGEST_LOT_CODE = 20
"""Most characters of a lot code: GS1's application identifier 10 takes as many."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}", re.ASCII)
_DIGEST_LETTERS = 12


def lot_code(batch_id: str, pick_on: dt.date) -> str:
    """The code of what is picked from a batch on a day: at most 20 letters and digits of ASCII, `-`, `.` and `_`.

    The day comes first, then the batch's id as it is. An id that is too long, or that holds other characters, gives 12
    letters of its SHA-256 behind a point instead: 60 bits, so that among a million batches picked on one day two share
    a code with a chance below one in a million.

    Parameters
    ----------
    batch_id : id of the batch, of any length and alphabet.
    pick_on : the day it is picked.

    Returns
    -------
    The code; the same for the same batch and day wherever it is asked for.

    Examples
    --------
    >>> lot_code("b17", dt.date(2026, 8, 11))
    '260811-b17'
    >>> lot_code("vườn bờ suối", dt.date(2026, 8, 11))
    '260811.J6VYTKG2DNXD'
    """
    day = f"{pick_on:%y%m%d}"
    if _PLAIN.fullmatch(batch_id):
        return f"{day}-{batch_id}"
    digest = base64.b32encode(hashlib.sha256(batch_id.encode("utf-8", "surrogatepass")).digest())
    return f"{day}.{digest[:_DIGEST_LETTERS].decode('ascii')}"
