import Storage

// The values that cross Engine's API are Storage's own: CLI and Server see them through here and need no arrow past Engine.
package typealias Scope = Storage.Scope
package typealias NewMemory = Storage.NewMemory
package typealias NewEvent = Storage.NewEvent
package typealias EntityMention = Storage.EntityMention
package typealias StoredEmbedding = Storage.StoredEmbedding
package typealias ConfigurationRevision = Storage.ConfigurationRevision
