import Bulla
import BullaModels
import CoreLocation

/// Where the device is, once, as the system tells it. The person is asked the first time.
@MainActor
final class DevicePlace: NSObject, PlacePort, CLLocationManagerDelegate {
    private let manager = CLLocationManager()
    private var waiting: CheckedContinuation<Place?, Never>?

    override init() {
        super.init()
        manager.delegate = self
        manager.desiredAccuracy = kCLLocationAccuracyNearestTenMeters
    }

    func here() async -> Place? {
        // One question at a time: whoever asked before gets no answer.
        end(with: nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting = continuation
                ask()
            }
        } onCancel: {
            Task { @MainActor in self.end(with: nil) }
        }
    }

    private func ask() {
        switch manager.authorizationStatus {
        case .notDetermined: manager.requestWhenInUseAuthorization()
        case .authorizedAlways, .authorizedWhenInUse: manager.requestLocation()
        default: end(with: nil)
        }
    }

    private func end(with place: Place?) {
        waiting?.resume(returning: place)
        waiting = nil
    }

    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        Task { @MainActor in
            // It tells this also when it is made.
            if self.waiting != nil, self.manager.authorizationStatus != .notDetermined { self.ask() }
        }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        let last = locations.last.map { ($0.coordinate.latitude, $0.coordinate.longitude, $0.horizontalAccuracy) }
        Task { @MainActor in
            guard let (latitude, longitude, accuracy) = last, accuracy >= 0 else { return self.end(with: nil) }
            self.end(
                with: Place(
                    latitude: Int32((latitude * 1_000_000).rounded()), longitude: Int32((longitude * 1_000_000).rounded()),
                    accuracy: UInt32(min(accuracy.rounded(.up), 40_000_000))))
        }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        Task { @MainActor in self.end(with: nil) }
    }
}
