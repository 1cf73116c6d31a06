import Server

/// Where the store and the configuration are. Built from options and environment, touches no file.
struct StoreOptions: Sendable, Equatable {
    var databasePath: String
    /// nil = nobody named one: the runtime takes the XDG file if it exists, else its built-in configuration.
    var configurationPath: String?
    /// The file that is used when nobody names one.
    var defaultConfigurationPath: String

    init(databasePath: String, configurationPath: String? = nil, defaultConfigurationPath: String = "") {
        self.databasePath = databasePath
        self.configurationPath = configurationPath
        self.defaultConfigurationPath = defaultConfigurationPath
    }

    init(common: CommonOptions, environment: Environment) throws {
        try self.init(db: common.db, config: common.config, environment: environment)
    }

    /// Without options, as for the sidecar, nothing can fail but an empty name.
    init(db: String? = nil, config: String? = nil, environment: Environment) throws {
        databasePath =
            try db.map { try nonEmpty($0, option: "--db") }
            ?? environment.value("MNEME_DB")
            ?? Self.folder("XDG_DATA_HOME", else: ".local/share", environment) + "/mneme.db"
        configurationPath =
            try config.map { try nonEmpty($0, option: "--config") }
            ?? environment.value("MNEME_CONFIG")
        defaultConfigurationPath =
            Self.folder("XDG_CONFIG_HOME", else: ".config", environment) + "/plugins.json"
    }

    /// XDG: a relative path in the variable is invalid and ignored.
    private static func folder(_ variable: String, else fallback: String, _ environment: Environment)
        -> String
    {
        let named = environment.value(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (named ?? environment.homeFolder + "/" + fallback) + "/mneme"
    }
}
