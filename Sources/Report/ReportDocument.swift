/// A report as one file: HTML with its own styles and drawings, no scripts, nothing fetched. It prints on A4.
///
///     var report = ReportDocument(title: "Canaries", facts: [("command", "mneme canary"), ("seed", "7")])
///     report.sections.append(ReportSection("Margins", blocks: [.table(table), .linePlot(plot)]))
///     try report.html.write(toFile: "report.html", atomically: true, encoding: .utf8)
package struct ReportDocument: Sendable {
    package var title: String
    /// One sentence under the title; empty = none.
    package var summary: String
    /// Command, machine, commit, seed, date …: whatever the caller wants remembered, in order. Nothing is looked up here, so
    /// the same values give the same bytes.
    package var facts: [(name: String, value: String)]
    package var sections: [ReportSection]

    package init(
        title: String, summary: String = "", facts: [(name: String, value: String)] = [], sections: [ReportSection] = []
    ) {
        self.title = title
        self.summary = summary
        self.facts = facts
        self.sections = sections
    }

    /// Well-formed XML as well as HTML 5; ends in a newline.
    package var html: String {
        var page = Markup()
        page.add(trusted: "<!DOCTYPE html>\n")
        page.element("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"]) { page in
            head(&page)
            page.lineBreak()
            page.element("body") { page in
                page.lineBreak()
                page.element("main") { body(&$0) }
                page.lineBreak()
            }
        }
        page.lineBreak()
        return page.text
    }

    private func head(_ page: inout Markup) {
        page.element("head") { head in
            head.element("meta", ["charset": "utf-8"])
            head.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            head.element("title", text: title)
            head.lineBreak()
            head.element("style") { $0.add(trusted: ReportStyle.sheet) }
        }
    }

    private func body(_ page: inout Markup) {
        page.lineBreak()
        page.element("header") { header in
            header.element("h1", text: title)
            if !summary.isEmpty { header.element("p", ["class": "summary"], text: summary) }
            if !facts.isEmpty {
                header.element("dl") { list in
                    for fact in facts {
                        list.element("dt", text: fact.name)
                        list.element("dd", text: fact.value)
                    }
                }
            }
        }
        // Ids of drawings' titles are counted through the document: each must be its own.
        var drawings = 0
        for section in sections {
            page.lineBreak()
            section.write(to: &page, drawings: &drawings)
        }
        page.lineBreak()
    }
}
