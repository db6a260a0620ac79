"""Anlage A as LaTeX, for LuaLaTeX."""

from pathlib import Path

from annex import Choice, Degrees, Finance, Nodes, Page, Quote, Section, Text, column_shares

SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "#$%&_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
PREAMBLE = r"""\documentclass[10pt,a4paper]{article}
\usepackage[left=25mm,right=20mm,top=28mm,bottom=22mm,headsep=6mm,footskip=9mm]{geometry}
\usepackage{fontspec,array,fancyhdr,longtable}
\usepackage[table]{xcolor}
\usepackage[ngerman]{babel}
\usepackage[hidelinks]{hyperref}
\shorthandoff{"}
\setmainfont{AnlageSans}[Path=FONTS/,Extension=.ttf,UprightFont=*-Regular,BoldFont=*-Bold,ItalicFont=*-Italic,
  BoldItalicFont=*-BoldItalic,Ligatures=TeXOff]
\raggedright \hyphenpenalty=10000
\setlength\parindent{0pt} \setlength\parskip{1.8mm}
\renewcommand\arraystretch{1.3} \setlength\tabcolsep{2mm} \arrayrulecolor[gray]{0.35}
\renewcommand\labelenumii{\arabic{enumii}.}
\makeatletter
\def\@listi{\leftmargin\leftmargini\topsep0pt\partopsep0pt\parsep1mm\itemsep0pt} \let\@listI\@listi
\def\@listii{\leftmargin\leftmarginii\topsep0pt\parsep1mm\itemsep0pt} \let\@listiii\@listii
\newcommand\startat[1]{\setcounter{\@enumctr}{#1}\addtocounter{\@enumctr}{-1}}
\makeatother
\newcommand\size[1]{\fontsize{#1pt}{\dimexpr#1pt*13/10}\selectfont}
\newcommand\head[1]{\par\pagebreak[1]\vspace{3mm}{\size{11.5}\textbf{#1}}\par\nopagebreak}
\newcommand\tick[1]{{\setlength\fboxsep{0pt}\fbox{\rule[-.3mm]{0pt}{3.1mm}\makebox[3.2mm]{\textbf{#1}}}}\hspace{1.5mm}}
\newcolumntype{P}[1]{>{\raggedright\hyphenpenalty=1000\arraybackslash}p{\dimexpr#1\linewidth-2\tabcolsep}}
\newcolumntype{C}[1]{>{\centering\arraybackslash}p{\dimexpr#1\linewidth-2\tabcolsep}}
\newcolumntype{R}[1]{>{\raggedleft\arraybackslash}p{\dimexpr#1\linewidth-2\tabcolsep}}
\newcolumntype{M}[1]{>{\raggedright\arraybackslash}m{\dimexpr#1\linewidth-2\tabcolsep}}
\pagestyle{fancy} \fancyhf{}
"""
COLUMN = {"left": "P", "center": "C", "right": "R"}


def document(page: Page, fonts: Path) -> str:
    bold, after, right = map(text, page.head)
    return (
        PREAMBLE.replace("FONTS", str(fonts))
        + f"\\fancyhead[L]{{\\size{{8.5}}\\textbf{{{bold}}}{after}}}\\fancyhead[R]{{\\size{{8.5}}{right}}}\n"
        + f"\\fancyfoot[L]{{\\size{{8.5}}{page.foot}}}\\fancyfoot[R]{{\\size{{8.5}}Seite \\thepage}}\n"
        + f"\\hypersetup{{pdftitle={{{text(page.subject)}}},pdfauthor={{{text(page.author)}}},"
        + f"pdfkeywords={{{text(page.keywords)}}},pdflang={{de-DE}}}}\n"
        + "\\begin{document}\\size{10.5}\n"
        + f"{{\\size{{15}}\\textbf{{{text(page.title)}}}}}\\par\n"
        + "\n".join(map(block, page.blocks))
        + "\n\\end{document}\n"
    )


def block(part) -> str:
    match part:
        case Section([first, *rest]):
            below = "".join(f"{{\\size{{10.5}}{text(line)}}}\\par\\nopagebreak" for line in rest)
            return f"\\head{{{text(first)}}}{below}"
        case Text(nodes):
            return rich(nodes)
        case Quote(lead, nodes):
            bar = "\\leavevmode\\color[gray]{.6}\\vrule width 1.5pt\\hspace{4mm}"
            look = "{.96\\linewidth}\\raggedright\\setlength\\parskip{2mm}"
            body = f"\\begin{{minipage}}{look}{rich(nodes)}\\end{{minipage}}"
            return f"\\textbf{{{text(lead)}}}\\par\\nopagebreak\n{{{bar}\\color{{black}}{body}}}\\par"
        case Finance(label, number, name, questions):
            name = f"\\multicolumn{{2}}{{M{{.28}}|}}{{\\cellcolor[gray]{{.92}}{inline(name)}}}"
            group = f"\\rowcolor[gray]{{.92}}\\textbf{{{text(label)}}} & \\textbf{{{number}}} & {name}"
            return table("|M{.62}|M{.1}|M{.12}|M{.16}|", [group, *map(question, questions)])
        case Degrees(label, choices):
            label = text(label).replace("/", "/\\allowbreak{}")
            return table("|M{.2}|M{.2}|M{.2}|M{.2}|M{.2}|", [" & ".join([label, *map(choice, choices)])])


def question(row: tuple[str, list[Choice]]) -> str:
    label, choices = row
    return " & ".join([text(label), *map(choice, choices)]) + " &" * (3 - len(choices))


def choice(answer: Choice) -> str:
    return f"\\tick{{{'x' if answer.ticked else ''}}}{text(answer.label)}"


def table(columns: str, rows: list[str], kind: str = "tabular") -> str:
    lines = "".join(f"{row} \\\\ \\hline\n" for row in rows)
    return f"{{\\size{{10}}\\begin{{{kind}}}{{{columns}}}\\hline\n{lines}\\end{{{kind}}}}}\\par"


def rich(nodes: Nodes) -> str:
    return "\n".join(map(rich_block, nodes))


def rich_block(node: dict) -> str:
    match node:
        case {"kind": "paragraph", "body": body}:
            return f"{inline(body)}\\par"
        case {"kind": "list", "start": start, "items": items}:
            elements = "\n".join(f"\\item {rich(item)}" for item in items)
            if start is None:
                return f"\\begin{{itemize}}\n{elements}\n\\end{{itemize}}"
            return f"\\begin{{enumerate}}\\startat{{{start}}}\n{elements}\n\\end{{enumerate}}"
        case {"kind": "table", "align": align, "header": header, "rows": rows}:
            columns = "|".join(
                f"{COLUMN[side]}{{{share:.3f}}}" for side, share in zip(align, column_shares(node))
            )
            head = "\\rowcolor[gray]{.92}" + " & ".join(f"\\textbf{{{inline(cell)}}}" for cell in header)
            return table(f"|{columns}|", [head, *(" & ".join(map(inline, row)) for row in rows)], "longtable")
    raise ValueError(node["kind"])


def inline(nodes: Nodes) -> str:
    return "".join(map(inline_part, nodes))


def inline_part(node: dict) -> str:
    match node:
        case {"kind": "text" | "word", "text": characters}:
            return text(characters)
        case {"kind": "emph", "body": body}:
            return f"\\emph{{{inline(body)}}}"
        case {"kind": "strong", "body": body}:
            return f"\\textbf{{{inline(body)}}}"
        case {"kind": "link", "url": url, "body": body}:
            return f"\\href{{{text(url)}}}{{{inline(body)}}}"
        case {"kind": "break"}:
            return "\\\\ "
    raise ValueError(node["kind"])


def text(characters: str) -> str:
    return characters.translate(SPECIAL)
