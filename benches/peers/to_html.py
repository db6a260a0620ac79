"""Anlage A as HTML, for WeasyPrint."""

from html import escape

from annex import Choice, Degrees, Finance, Nodes, Page, Quote, Section, Text

COLUMNS = '<colgroup><col class="question"><col class="yes"><col class="no"><col></colgroup>'


def document(page: Page) -> str:
    bold, after, right = page.head
    head = f'<h1 data-left="{escape(bold + after)}" data-right="{escape(right)}" data-foot="{page.foot}">'
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{escape(page.subject)}</title>'
        f'<meta name="author" content="{escape(page.author)}">'
        f'<meta name="keywords" content="{escape(page.keywords)}">'
        f'<meta name="dcterms.created" content="{page.date}"></head><body>'
        f"{head}{escape(page.title)}</h1>{''.join(map(block, page.blocks))}</body></html>"
    )


def block(part) -> str:
    match part:
        case Section([first, *rest]):
            return f"<h2>{escape(first)}{''.join(f'<span>{escape(line)}</span>' for line in rest)}</h2>"
        case Text(nodes):
            return rich(nodes)
        case Quote(lead, nodes):
            return f'<p class="lead">{escape(lead)}</p><blockquote>{rich(nodes)}</blockquote>'
        case Finance(label, number, name, questions):
            rows = "".join(map(question, questions))
            return (
                f'<table class="choices">{COLUMNS}<tr class="group"><th scope="row">{escape(label)}</th>'
                f'<td>{number}</td><td class="name" colspan="2">{inline(name)}</td></tr>{rows}</table>'
            )
        case Degrees(label, choices):
            cells = "".join(map(choice, choices))
            return f'<table class="choices"><tr><th scope="row">{escape(label)}</th>{cells}</tr></table>'


def question(row: tuple[str, list[Choice]]) -> str:
    label, choices = row
    cells = "".join(map(choice, choices)) + "<td></td>" * (3 - len(choices))
    return f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>'


def choice(answer: Choice) -> str:
    return f'<td><span class="box">{"x" if answer.ticked else "&nbsp;"}</span>{escape(answer.label)}</td>'


def rich(nodes: Nodes) -> str:
    return "".join(map(rich_block, nodes))


def rich_block(node: dict) -> str:
    match node:
        case {"kind": "paragraph", "body": body}:
            return f"<p>{inline(body)}</p>"
        case {"kind": "list", "start": start, "items": items}:
            elements = "".join(f"<li>{rich(item)}</li>" for item in items)
            return f"<ul>{elements}</ul>" if start is None else f'<ol start="{start}">{elements}</ol>'
        case {"kind": "table", "align": align, "header": header, "rows": rows}:
            body = "".join(f"<tr>{cells('td', align, row)}</tr>" for row in rows)
            return f"<table><thead><tr>{cells('th', align, header)}</tr></thead><tbody>{body}</tbody></table>"
    raise ValueError(node["kind"])


def cells(tag: str, align: list[str], row: list[Nodes]) -> str:
    return "".join(f'<{tag} class="{side}">{inline(cell)}</{tag}>' for side, cell in zip(align, row))


def inline(nodes: Nodes) -> str:
    return "".join(map(inline_part, nodes))


def inline_part(node: dict) -> str:
    match node:
        case {"kind": "text" | "word", "text": text}:
            return escape(text)
        case {"kind": "emph", "body": body}:
            return f"<em>{inline(body)}</em>"
        case {"kind": "strong", "body": body}:
            return f"<strong>{inline(body)}</strong>"
        case {"kind": "link", "url": url, "body": body}:
            return f'<a href="{escape(url)}">{inline(body)}</a>'
        case {"kind": "break"}:
            return "<br>"
    raise ValueError(node["kind"])
