import Bulla
import BullaModels
import Observation
import UIKit

/// Makes the one model of the app, once, and keeps it told of the network.
@MainActor
@Observable
final class AppStart {
    private(set) var app: AppModel?
    private(set) var problem: Problem?
    @ObservationIgnored private var reachability: Reachability?

    func begin() async {
        if app != nil { return }
        do {
            let folder = try SharedStore.folder()
            let bulla = try Bulla(config: Config(folder: folder.path, deviceName: UIDevice.current.model), keys: KeychainKeyStore())
            let app = AppModel(bulla: bulla, settings: DefaultsSettingsStore())
            self.app = app
            reachability = Reachability { [weak app] in app?.networkChanged($0) }
            await app.start()
        } catch let failure as Failure {
            problem = .of(failure)
        } catch {
            // The system gave no folder: it is a trouble of storage like any other.
            problem = .storage(.unavailable)
        }
    }

    /// Leaves no request open and no file locked before the system suspends the app.
    func pauseInBackground() {
        var work = UIBackgroundTaskIdentifier.invalid
        work = UIApplication.shared.beginBackgroundTask { UIApplication.shared.endBackgroundTask(work) }
        Task {
            await app?.pause()
            UIApplication.shared.endBackgroundTask(work)
        }
    }
}
