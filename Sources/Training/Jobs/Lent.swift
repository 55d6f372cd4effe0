/// What an actor lends to a queue, and does not touch until that gives it back.
///
/// The `@unchecked Sendable` holds because ``TrainingJob/work(_:)`` is the only one to use it: while it
/// waits for its queue, `isWorking` keeps every other method of the job from what is lent.
struct Lent<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
