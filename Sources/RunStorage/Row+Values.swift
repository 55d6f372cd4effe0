internal import GRDB

extension Row {
    /// The value of a column; GRDB's subscripts end the process where it is of another type.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: Value = try optionalValue(column) else {
            throw RunStorageError.unreadable("\(column) is missing")
        }
        return value
    }

    func optionalValue<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        let stored: DatabaseValue = self[column]
        guard !stored.isNull else { return nil }
        guard let value = Value.fromDatabaseValue(stored) else {
            throw RunStorageError.unreadable("\(column) is \(stored.description.prefix(80))")
        }
        return value
    }
}
