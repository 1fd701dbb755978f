"""Makes the samples of this folder with the libraries that other programs use (python-docx, python-pptx, openpyxl, reportlab),
and with pandoc and LibreOffice, which have to be installed.

    pip install python-docx python-pptx openpyxl reportlab pillow
    python3 make.py

All trusts and people in them are invented.
"""

import io
import random
import subprocess

import openpyxl
from docx import Document
from docx.shared import Inches
from openpyxl.comments import Comment
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Inches as SlideInches
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas


def picture():
    image = Image.new("RGB", (320, 160), "white")
    draw = ImageDraw.Draw(image)
    for index, height in enumerate([120, 96, 70, 44]):
        draw.rectangle([20 + index * 70, 150 - height, 60 + index * 70, 150], fill=(0, 94, 184))
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return out


def case_study():
    document = Document()
    document.core_properties.author = "A. Sample"
    document.add_heading("Sample: fewer falls after bed sensors on an older people's ward", 0)
    document.add_heading("Background", 1)
    document.add_paragraph("Northmoor Trust (invented) had 31 falls in a quarter on one ward.")
    document.add_heading("Our approach", 1)
    for text in ["Sensors in 28 beds", "Alarms on the nurses' phones"]:
        document.add_paragraph(text, style="List Bullet")
    for text in ["Agree who answers", "Train each shift"]:
        document.add_paragraph(text, style="List Number")
    document.add_heading("Results", 1)
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ["Measure", "Before", "After"]):
        cell.text = text
    for row in [("Falls in a quarter", "31", "12"), ("Alarms a day", "0", "46")]:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    paragraph = document.add_paragraph("Counts were 10")
    paragraph.add_run("3").font.superscript = True
    paragraph.add_run(" and not ")
    paragraph.add_run("9").font.strike = True
    paragraph.add_run(" less. ").bold = True
    document.add_picture(picture(), width=Inches(3))
    document.add_heading("Lessons learnt", 1)
    document.add_paragraph("Alarms that no one answers are worse than none.")
    document.add_heading("Next steps", 1)
    document.add_paragraph("Start on one ward, and count alarms before falls.")
    document.save("case-study.docx")


def slides():
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Sample: one list for every ward"
    first.placeholders[1].text = "Northmoor Trust (invented)"
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "The problem"
    frame = second.placeholders[1].text_frame
    frame.text = "Four lists"
    point = frame.add_paragraph()
    point.text = "on paper"
    point.level = 1
    second.notes_slide.notes_text_frame.text = "Show the four lists."
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "Results"
    table = third.shapes.add_table(2, 2, SlideInches(1), SlideInches(2), SlideInches(6), SlideInches(1)).table
    for at, text in {(0, 0): "Measure", (0, 1): "Value", (1, 0): "Minutes a day", (1, 1): "25"}.items():
        table.cell(*at).text = text
    third.shapes.add_picture(picture(), SlideInches(1), SlideInches(4))
    deck.save("slides.pptx")


def workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Wards"
    sheet.append(["Ward", "Number", "Day"])
    import datetime

    sheet.append(["A", 9434765919, datetime.date(2026, 2, 14)])
    sheet["A2"].comment = Comment("A note on a cell", "A. Sample")
    hidden = book.create_sheet("Raw")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "What no one sees"
    book.save("workbook.xlsx")


def pdf():
    page = canvas.Canvas("report.pdf", pagesize=A4)
    page.setTitle("Sample report")
    page.drawString(72, 760, "Sample: NHS number 943 476 5919 on a page")
    page.showPage()
    page.drawString(72, 760, "Second page")
    page.save()


PANDOC = """---
title: "Sample: one alarm list"
---

# Background

Ward A (invented) had forty alarms an hour[^1]. "Smart quotes" -- and dashes.

[^1]: A note with *emphasis*.

# What we did

1.  One
    a.  nested
2.  Two

    A second paragraph of the item.

- [ ] open
- [x] done

> Said by a nurse.

| Measure | Before |
|:--------|-------:|
| H~2~O   | 10^9^  |

A rate of $\\frac{a}{b}$, ~~not~~ [a link](https://www.england.nhs.uk/) and [one within](#background).
"""

LIBREOFFICE = """<html><body><h1>Sample: made by LibreOffice</h1><h2>Background</h2>
<p>10<sup>9</sup> and CO<sub>2</sub> <a href="https://www.england.nhs.uk/">with a link</a> &ldquo;quotes&rdquo;</p>
<ol><li>one<ol type="a"><li>below</li></ol></li><li>two</li></ol>
<table border=1><tr><th colspan=2>Over both</th></tr><tr><td rowspan=2>Two rows</td><td>1</td></tr><tr><td>2</td></tr></table>
<blockquote>Said by a nurse.</blockquote><p dir="rtl">\u05e9\u05dc\u05d5\u05dd</p></body></html>
"""


def other_programs():
    subprocess.run(["pandoc", "-f", "markdown", "-o", "pandoc.docx"], input=PANDOC.encode(), check=True)
    with open("libreoffice.html", "w", encoding="utf-8") as page:
        page.write(LIBREOFFICE)
    subprocess.run(
        ["soffice", "--headless", "--infilter=HTML (StarWriter)", "--convert-to", "docx:MS Word 2007 XML", "libreoffice.html"],
        check=True,
    )
    subprocess.run(["rm", "libreoffice.html"], check=True)


random.seed(1)
other_programs()
case_study()
slides()
workbook()
pdf()


def write_patients():
    """A table of patients (invented) below a title, as few parts as programs open: Word, PowerPoint and Excel."""
    import zipfile
    table = [["MRN", "DOB", "Ward"], ["123456", "03/02/1931", "7"], ["123457", "04/02/1932", "7"]]
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    vendor = "application/vnd.openxmlformats-officedocument"

    def package(name, main, kind, content, more=()):
        folder, file = main.rsplit("/", 1)
        overrides = [(main, kind, content)] + [(f"{folder}/{part}", kind, text) for part, kind, text in more]
        types = "".join(f'<Override PartName="/{part}" ContentType="{vendor}.{kind}+xml"/>' for part, kind, _ in overrides)
        links = "".join(
            f'<Relationship Id="r{at}" Type="{office}/{kind.rsplit(".", 1)[1].replace("table", "")}" Target="{part}"/>'
            for at, (part, kind, _) in enumerate(more, 1)
        )
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("[Content_Types].xml", f'<Types xmlns="{packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>')
            out.writestr("_rels/.rels", f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="{main}"/></Relationships>')
            out.writestr(f"{folder}/_rels/{file}.rels", f'<Relationships xmlns="{packages}/relationships">{links}</Relationships>')
            for part, _, text in overrides:
                out.writestr(part, text)

    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    rows = "".join("<w:tr>" + "".join("<w:tc>" + paragraph.format(cell) + "</w:tc>" for cell in row) + "</w:tr>" for row in table)
    package("patients.docx", "word/document.xml", "wordprocessingml.document.main", f'<w:document xmlns:w="{word}"><w:body>{paragraph.format("Falls")}<w:tbl>{rows}</w:tbl></w:body></w:document>')

    drawing, slides = "http://schemas.openxmlformats.org/drawingml/2006/main", "http://schemas.openxmlformats.org/presentationml/2006/main"
    names = f'xmlns:a="{drawing}" xmlns:p="{slides}" xmlns:r="{office}"'
    rows = "".join("<a:tr>" + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row) + "</a:tr>" for row in table)
    slide = f"<p:sld {names}><p:cSld><p:spTree><p:graphicFrame><a:graphic><a:graphicData><a:tbl>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame></p:spTree></p:cSld></p:sld>"
    package("patients.pptx", "ppt/presentation.xml", "presentationml.presentation.main", f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>', [("slides/slide1.xml", "presentationml.slide", slide)])

    # Row 1 is a title, row 2 is empty, and the days are numbers with a format of days.
    text = lambda column, row, value: f'<c r="{column}{row}" t="inlineStr"><is><t>{value}</t></is></c>'
    days = {"03/02/1931": 11357, "04/02/1932": 11723}
    rows = f'<row r="1">{text("A", 1, "Falls in March 2026")}</row><row r="3">' + "".join(text("BCD"[at], 3, cell) for at, cell in enumerate(table[0])) + "</row>"
    for number, (mrn, day, ward) in enumerate(table[1:], 4):
        rows += f'<row r="{number}"><c r="B{number}"><v>{mrn}</v></c><c r="C{number}" s="1"><v>{days[day]}</v></c>{text("D", number, ward)}</row>'
    sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package("patients.xlsx", "xl/workbook.xml", "spreadsheetml.sheet.main", f'<workbook xmlns="{sheets}" xmlns:r="{office}"><sheets><sheet name="Wards" sheetId="1" r:id="r1"/></sheets></workbook>', [
        ("worksheets/sheet1.xml", "spreadsheetml.worksheet", f'<worksheet xmlns="{sheets}"><cols><col min="1" max="1"/></cols><sheetData>{rows}</sheetData></worksheet>'),
        ("styles.xml", "spreadsheetml.styles", f'<styleSheet xmlns="{sheets}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'),
    ])


write_patients()
