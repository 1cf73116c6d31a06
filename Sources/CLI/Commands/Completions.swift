import ArgumentParser

/// Prints a completion script.
struct Completions: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a shell's completion script.",
        discussion: """
            bash: mneme completions bash > ~/.local/share/bash-completion/completions/mneme
            zsh:  mneme completions zsh > ~/.zfunc/_mneme   (with ~/.zfunc in fpath)
            fish: mneme completions fish > ~/.config/fish/completions/mneme.fish
            The same as mneme --generate-completion-script SHELL.
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var parserShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    func run(in context: CommandContext) throws -> RunStatus {
        let script = Mneme.completionScript(for: shell.parserShell)
        if context.isJSON {
            context.write(.object([("shell", .string(shell.rawValue)), ("script", .string(script))]))
        } else {
            context.console.write(script.endingInNewline)
        }
        return .ok
    }
}
