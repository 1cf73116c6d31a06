import GRDB

/// The named steps from an empty file to today's schema. A step, once released, never changes.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the spine", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: "PRAGMA application_id = \(Store.applicationID)")
            for part in SchemaOne.parts { try database.execute(sql: part) }
        }
        return migrator
    }
}
