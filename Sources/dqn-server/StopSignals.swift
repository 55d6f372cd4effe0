import Dispatch
import Glibc
import Synchronization

/// The signals by which a service is told to stop.
///
/// The first one is handed to whoever waits; a second one ends the process at once.
final class StopSignals: Sendable {
    private enum State {
        case none
        case waiting(CheckedContinuation<String, Never>)
        case received(String)
    }

    private let state = Mutex(State.none)
    // Written by `init` alone, before anyone else knows this object.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    init() {
        let queue = DispatchQueue(label: "signals")
        unsafe sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")].map {
            number,
            name in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [weak self] in self?.receive(name) }
            source.activate()
            return source
        }
    }

    func first() async -> String {
        await withCheckedContinuation { continuation in
            let received = state.withLock { state -> String? in
                if case .received(let name) = state { return name }
                state = .waiting(continuation)
                return nil
            }
            if let received { continuation.resume(returning: received) }
        }
    }

    private func receive(_ name: String) {
        state.withLock { state in
            switch state {
            case .received: _exit(1)
            case .waiting(let continuation): continuation.resume(returning: name)
            case .none: break
            }
            state = .received(name)
        }
    }
}
