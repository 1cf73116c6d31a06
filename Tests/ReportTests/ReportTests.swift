import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@testable import Report

/// A report is read by browsers, printers and screen readers; what it is told may hold anything.
@Suite struct ReportTests {
    /// Every kind of block, with text that tries to be markup.
    static let report: ReportDocument = {
        let hostile = "<script>alert('x' & \"y\")</script>\u{0}\u{1B}[31m\u{202E}"
        var table = ReportTable(caption: hostile, columns: [(hostile, .text), ("DCG@10", .figure)])
        table.add([hostile, "0.471"], isEmphasised: true)
        table.add(["short of cells"])
        let points = [(30.0, 0.9), (10, 0.5), (-10, 0.02)].map {
            (x: $0.0, y: PlotValue($0.1, low: $0.1 - 0.3, high: $0.1 + 0.05))
        }
        return ReportDocument(
            title: hostile, summary: hostile, facts: [("command", "mneme eval data a&b"), (hostile, hostile)],
            sections: [
                ReportSection(
                    hostile,
                    blocks: [
                        .paragraph(hostile), .table(table),
                        .linePlot(
                            LinePlot(
                                title: hostile, xLabel: "SNR, dB", yLabel: hostile,
                                series: [.init(hostile, points: points), .init("b", points: [(0, PlotValue(.nan))])],
                                references: [("noise floor", 0.2)], isDescending: true)),
                        .barPlot(BarPlot(title: "bars", valueLabel: "HR@10", bars: [.init(hostile, PlotValue(0.4, low: 0.3, high: 0.5))])),
                        .dotPlot(
                            DotPlot(
                                title: "dots", valueLabel: "margin", threshold: ("needed", 0.1),
                                dots: [.init(hostile, PlotValue(-0.2), isMet: false), .init("b", PlotValue(.infinity), isMet: true)])),
                    ])
            ])
    }()

    @Test func theFileIsWellFormedXML() throws {
        let outline = try Outline(Self.report.html)
        #expect(outline.names.contains("svg") && outline.names.contains("table"))
        #expect(outline.count(of: "h1") == 1 && outline.count(of: "h2") == 1)
    }

    @Test func nothingThatIsToldBecomesMarkup() throws {
        let outline = try Outline(Self.report.html)
        #expect(outline.count(of: "script") == 0)
        #expect(outline.text.contains("<script>alert('x' & \"y\")</script>"))
        #expect(!Self.report.html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" })
    }

    @Test func nothingIsFetched() throws {
        let outline = try Outline(Self.report.html)
        #expect(outline.attributes.isDisjoint(with: ["src", "href", "onload", "onclick", "data"]))
        #expect(!Self.report.html.contains("url(") && !Self.report.html.contains("@import"))
    }

    @Test func everyDrawingHasATitleAndItsValuesInWords() throws {
        let outline = try Outline(Self.report.html)
        #expect(outline.count(of: "svg") == 3 && outline.count(of: "desc") == 3)
        #expect(Set(outline.ids).count == outline.ids.count)
        #expect(Self.report.html.contains("0.500 (0.200 to 0.550)"))
        #expect(Self.report.html.contains("not measured"))
    }

    @Test func namedClassesStandWhereTheirValuesWould() throws {
        let plot = LinePlot(
            title: "cold start", xLabel: "events", yLabel: "HR", series: [.init("a", points: [(1, PlotValue(0.5)), (2, PlotValue(0.7))])],
            xNames: [(1, "1–3"), (2, ">50")])
        let page = ReportDocument(title: "t", sections: [ReportSection("s", blocks: [.linePlot(plot)])]).html
        #expect(page.contains(">1–3</text>") && page.contains("&gt;50</text>") && page.contains("1–3: 0.500"))
        _ = try Outline(page)
    }

    @Test func eighteenSeriesAreTold() {
        let marks = (0..<18).map { series -> String in
            var canvas = PlotCanvas()
            canvas.marker((50, 50), series: series, color: ReportStyle.colors[series % ReportStyle.colors.count])
            return canvas.markup.text
        }
        #expect(Set(marks).count == 18)
    }

    @Test func theSameValuesGiveTheSameBytes() {
        #expect(Self.report.html == Self.report.html)
    }

    @Test func everyCoordinateLiesOnTheDrawing() throws {
        let outline = try Outline(Self.report.html)
        #expect(outline.coordinates.count > 100)
        #expect(outline.coordinates.allSatisfy { (0...1000).contains($0) })
    }
}

/// What a parser finds in a document.
private final class Outline: NSObject, XMLParserDelegate {
    private(set) var names: [String] = []
    private(set) var attributes: Set<String> = []
    private(set) var ids: [String] = []
    private(set) var coordinates: [Double] = []
    private(set) var text = ""

    init(_ html: String) throws {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "\(String(describing: parser.parserError)), line \(parser.lineNumber)")
    }

    func count(of name: String) -> Int { names.count { $0 == name } }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.append(name)
        self.attributes.formUnion(attributes.keys)
        if let id = attributes["id"] { ids.append(id) }
        for key in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"] {
            if let value = attributes[key].flatMap(Double.init) { coordinates.append(value) }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
