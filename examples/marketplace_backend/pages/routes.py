"""The pages: sign in, the board, why, what if. Forms and links only, both languages, from 360 pixels on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

import harvest_planner as hp
from examples.marketplace_backend import jobs, plans
from examples.marketplace_backend.auth import admitted
from examples.marketplace_backend.clock import LOCAL, now
from examples.marketplace_backend.language import Tongue, chosen
from examples.marketplace_backend.pages import session
from examples.marketplace_backend.pages.board import at_risk, days_of, picks_of
from examples.marketplace_backend.pages.session import Planner
from examples.marketplace_backend.pages.texts import Texts
from examples.marketplace_backend.problem_documents import ServiceError, answer
from examples.marketplace_backend.settings import settings

HERE = Path(__file__).parent
router = APIRouter(include_in_schema=False)
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
Lang = Annotated[Tongue | None, Query()]


@router.get("/")
def board(
    request: Request, who: Planner, language: Lang = None, on: dt.date | None = None, job: int | None = None
) -> Response:
    """The board: the plan in numbers, the picks of a day, the orders at risk."""
    texts = Texts(chosen(language))
    current, found = _published(), jobs.find(job) if job else None
    shown: dict[str, Any] = {"job": found, "current": current}
    if current is not None:
        days = days_of(current.plan)
        today = on or next((day for day in days if day >= now().date()), now().date())
        lines, more = at_risk(current.plan, current.problem, texts)
        shown |= {"day": today, "days": days, "picks": picks_of(current.plan, current.problem, today, texts)}
        shown |= {"at_risk": lines, "more": more, "limit": settings().at_risk_below}
    waits = found is not None and found.state in ("queued", "running")
    return _page(request, "board", texts, headers={"Refresh": "2"} if waits else {}, waits=waits, **shown)


@router.post("/board/plans")
def ask_for_plan(
    request: Request, who: Planner, form: Annotated[str, Form()], kind: Annotated[str, Form()], language: Lang = None
) -> Response:
    """Ask for a plan; the board then shows how it goes."""
    session.check_form(request, form)
    if kind not in ("plan", "replan"):
        raise ServiceError("invalid", "kind: plan or replan")
    job = jobs.ask(kind, {"take_new": True, "events": []})
    return _to(f"/?language={chosen(language)}" + (f"&job={job.id}" if job else ""))


@router.get("/board/orders/{order_id}")
def why(request: Request, who: Planner, order_id: str, language: Lang = None) -> Response:
    """Why an order is served or refused as it is."""
    texts, current = Texts(chosen(language)), _published()
    try:
        found = hp.explain(current.plan, current.problem, order_id, language=texts.language) if current else None
    except hp.UnknownIdError:
        found = None
    return _page(request, "why", texts, status=200 if found else 404, order_id=order_id, found=found)


@router.get("/board/what-if")
def what_if(request: Request, who: Planner, language: Lang = None) -> Response:
    """A form to quote an order; an answer below it once it is asked."""
    texts, current = Texts(chosen(language)), _published()
    asked = dict(request.query_params)
    shown: dict[str, Any] = {"quote": None, "sentences": (), "fault": None, "asked": asked, "crops": ()}
    if current is not None:
        shown["crops"] = sorted({batch.crop_id for batch in current.problem.batches})
        shown["places"] = _places(current.problem)
        shown["until"] = (current.problem.as_of + dt.timedelta(days=4)).astimezone(LOCAL).strftime("%Y-%m-%dT18:00")
        if "crop_id" in asked:
            shown |= _quoted(current, asked, texts)
    return _page(request, "what_if", texts, current=current, **shown)


@router.get("/sign-in")
def sign_in_form(request: Request, language: Lang = None) -> Response:
    """Where a planner gives the cooperative's key."""
    return _page(request, "sign_in", Texts(chosen(language)), fault=None)


@router.post("/sign-in")
def sign_in(request: Request, key: Annotated[str, Form(max_length=300)], language: Lang = None) -> Response:
    """Begin a session."""
    texts = Texts(chosen(language))
    try:
        who = admitted(request, key.strip())
    except ServiceError as error:
        fault, status = ("too_often", 429) if error.kind == "too-many-requests" else ("key_wrong", 401)
        return _page(request, "sign_in", texts, status=status, fault=fault)
    if who.role != "cooperative":
        return _page(request, "sign_in", texts, status=403, fault="key_wrong")
    session.begin(request, who)
    return _to(f"/?language={texts.language}")


@router.post("/sign-out")
def sign_out(request: Request, who: Planner, form: Annotated[str, Form()], language: Lang = None) -> Response:
    """End the session."""
    session.check_form(request, form)
    request.session.clear()
    return _to(f"/sign-in?language={chosen(language)}")


@router.get("/planner.css")
def style() -> Response:
    """The one style sheet."""
    return FileResponse(HERE / "planner.css", media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


@router.get("/favicon.ico")
def icon() -> Response:
    """None; said so that browsers do not report a missing file."""
    return Response(status_code=204)


def to_sign_in(request: Request, error: Exception) -> Response:
    """Where a page without a session leads."""
    return _to("/sign-in")


def form_expired(request: Request, error: Exception) -> Response:
    """A form of another site or session is not acted on."""
    return answer("forbidden", "The form was not made for this session; open the page again.")


def _quoted(current: plans.Published, asked: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    try:
        until = dt.datetime.fromisoformat(asked.get("deliver_until", ""))
        order = hp.Order.model_validate(
            {
                "id": "what-if",
                "crop_id": asked.get("crop_id"),
                "quantity_kg": asked.get("quantity_kg"),
                "destination_id": asked.get("destination_id"),
                "deliver_until_at": until if until.tzinfo else until.replace(tzinfo=LOCAL),
                "price_vnd_per_kg": asked.get("price"),
            }
        )
        quote = current.quote(order)
    except ValidationError as error:
        return {"fault": "; ".join(f"{row['loc'][0] if row['loc'] else ''}: {row['msg']}" for row in error.errors())}
    except ServiceError as error:
        return {"fault": error.detail}
    except (ValueError, hp.HarvestPlannerError) as error:
        return {"fault": str(error)}
    if quote.refusal is None:
        return {"quote": quote}
    told = hp.describe_refusal(quote.refusal, current.problem, order=order, language=texts.language)
    return {"quote": quote, "sentences": told}


def _places(problem: hp.PlanningProblem) -> list[str]:
    return sorted({order.destination_id for order in problem.orders})


def _published() -> plans.Published | None:
    try:
        return plans.published()
    except ServiceError:
        return None


def _page(
    request: Request,
    name: str,
    texts: Texts,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> Response:
    other = "en" if texts.language == "vi" else "vi"
    html = _PAGES.get_template(f"{name}.html.j2").render(
        t=texts,
        say=texts.say,
        language=texts.language,
        here=request.url.path,
        other_url=str(request.url.include_query_params(language=other).replace(scheme="", netloc="")),
        signed_in="key_id" in request.session,
        form=session.form_token(request),
        **shown,
    )
    return Response(html, status, media_type="text/html", headers={**HEADERS, **(headers or {})})


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers=HEADERS)
