import ArgumentParser
import Server

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store. Else $MNEME_DB, else the XDG data folder.", valueName: "path"))
    var db: String?

    @Option(
        help: ArgumentHelp(
            "The scorers (plugins.json). Else $MNEME_CONFIG, else the XDG configuration folder.",
            valueName: "path"))
    var config: String?

    @Option(help: ArgumentHelp("Whose memories.", valueName: "name"))
    var user = "default"

    @Option(help: ArgumentHelp("Which agent's memories.", valueName: "name"))
    var agent = "default"

    @Flag(help: "Print JSON: one object, or one per line where there are many. Errors too.")
    var json = false

    @Flag(name: [.short, .long], help: "Print results only: no progress, footers or hints.")
    var quiet = false

    @Flag(
        name: .customLong("no-color"),
        help: "No colour. Also $NO_COLOR, and whenever output isn't a terminal.")
    var noColor = false

    @Option(
        help: ArgumentHelp(
            "Pretend that it is this moment: ISO 8601 (its offset is the user's) or Unix milliseconds.",
            valueName: "moment"))
    var now: String?
}
