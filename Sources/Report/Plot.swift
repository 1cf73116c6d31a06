/// A drawing with a title, and words for those who can't see it.
protocol Plot: Sendable {
    var title: String { get }
    /// Every value in words.
    var description: String { get }
    /// In user units; the width of a plot is `PlotCanvas.width`.
    var height: Double { get }
    func draw(on canvas: inout PlotCanvas)
}

extension Plot {
    func write(to page: inout Markup, id: String) {
        let size = "0 0 \(PlotFigures.coordinate(PlotCanvas.width)) \(PlotFigures.coordinate(height))"
        page.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": size, "role": "img",
                "aria-labelledby": "\(id)-title \(id)-desc", "font-family": "system-ui, sans-serif", "font-size": "12",
            ]
        ) { svg in
            svg.element("title", ["id": id + "-title"], text: title)
            svg.element("desc", ["id": id + "-desc"], text: description)
            var canvas = PlotCanvas()
            draw(on: &canvas)
            svg.append(canvas.markup)
        }
    }
}

/// The few marks that plots are made of, in user units from the top left.
struct PlotCanvas: Sendable {
    static let width = 720.0
    private(set) var markup = Markup()

    enum Anchor: String { case start, middle, end }

    mutating func line(
        _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), color: String = ReportStyle.ink, width: Double = 1,
        isDashed: Bool = false
    ) {
        markup.element(
            "line",
            [
                "x1": at(from.x), "y1": at(from.y), "x2": at(to.x), "y2": at(to.y), "stroke": color, "stroke-width": at(width),
                "stroke-dasharray": isDashed ? "5 4" : "none",
            ])
    }

    mutating func path(_ points: [(x: Double, y: Double)], color: String) {
        guard points.count > 1 else { return }
        let list = points.map { "\(at($0.x)),\(at($0.y))" }.joined(separator: " ")
        markup.element("polyline", ["points": list, "fill": "none", "stroke": color, "stroke-width": "1.8"])
    }

    mutating func bar(x: Double, y: Double, width: Double, height: Double, color: String) {
        markup.element("rect", ["x": at(x), "y": at(y), "width": at(max(0, width)), "height": at(height), "fill": color])
    }

    /// Shapes shift by one whenever the colours begin anew, so that eighteen series stay apart.
    mutating func marker(_ place: (x: Double, y: Double), series: Int, color: String, isFilled: Bool = true) {
        let (x, y) = place
        let fill = isFilled ? color : "#fff"
        switch (series + series / ReportStyle.colors.count) % 3 {
        case 0:
            markup.element("circle", ["cx": at(x), "cy": at(y), "r": "4", "fill": fill, "stroke": color, "stroke-width": "1.5"])
        case 1:
            markup.element(
                "rect",
                [
                    "x": at(x - 3.6), "y": at(y - 3.6), "width": "7.20", "height": "7.20", "fill": fill, "stroke": color,
                    "stroke-width": "1.5",
                ])
        default:
            let corners = [(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)].map { "\(at($0.0)),\(at($0.1))" }.joined(separator: " ")
            markup.element("polygon", ["points": corners, "fill": fill, "stroke": color, "stroke-width": "1.5"])
        }
    }

    mutating func text(
        _ text: String, _ place: (x: Double, y: Double), anchor: Anchor = .start, color: String = ReportStyle.ink,
        isTurned: Bool = false
    ) {
        markup.element(
            "text",
            [
                "x": at(place.x), "y": at(place.y), "text-anchor": anchor.rawValue, "fill": color,
                "transform": isTurned ? "rotate(-90 \(at(place.x)) \(at(place.y)))" : "rotate(0)",
            ], text: text)
    }

    private func at(_ value: Double) -> String { PlotFigures.coordinate(value) }

    /// About the width of a label, for margins: a wide letter of a 12-unit system font has 7.
    static func width(of text: String) -> Double { 6.6 * Double(text.count) }

    /// At most so many characters; what was cut shows as "…".
    static func shortened(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }
}
