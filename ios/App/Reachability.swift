import Bulla
import Network

/// Tells what the system says of the network, for as long as the app runs.
@MainActor
final class Reachability {
    private let monitor = NWPathMonitor()

    init(_ changed: @escaping @MainActor (NetworkChange) -> Void) {
        monitor.pathUpdateHandler = { path in
            let change: NetworkChange = path.status == .satisfied ? .available : .lost
            Task { @MainActor in changed(change) }
        }
        monitor.start(queue: .main)
    }
}
