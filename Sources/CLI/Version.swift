/// The program's version, as `mneme --version` prints it.
enum Version {
    static let text = "0.1.0"
}
