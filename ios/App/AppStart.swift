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
    /// What the system was asked to wait for.
    @ObservationIgnored private var unfinished = UIBackgroundTaskIdentifier.invalid

    func begin() async {
        if app != nil { return }
        do {
            let folder = try SharedStore.folder()
            let trust = builtInTrust(Bundle.main.infoDictionary ?? [:])
            let config = Config(folder: folder.path, deviceName: UIDevice.current.model, trust: trust)
            let bulla = try Bulla(config: config, keys: KeychainKeyStore())
            let owner = BiometricUnlock {
                let words = DefaultsSettingsStore().load().words()
                return (words.lockedText, words.ownerPin)
            }
            let app = AppModel(
                bulla: bulla, settings: DefaultsSettingsStore(), browser: SystemBrowser(), camera: CodeCamera(), owner: owner,
                pictures: PortraitPicker(), exports: Documents(), files: FileChooser(), sound: DeviceSound(),
                places: DevicePlace())
            self.app = app
            reachability = Reachability { [weak app] in app?.networkChanged($0) }
            // Before anything else: it may forbid what comes next.
            await readManaged()
            await app.start()
        } catch let failure as Failure {
            problem = .of(failure)
        } catch {
            // The system gave no folder: it is a trouble of storage like any other.
            problem = .storage(.unavailable)
        }
    }

    /// Hears what the device's management says, which may change at any time.
    func readManaged() async {
        await app?.setManaged(managedTexts(UserDefaults.standard.dictionary(forKey: "com.apple.configuration.managed")))
    }

    /// Leaves no request open and no file locked before the system suspends the app.
    func pauseInBackground() {
        // A scene that leaves twice has left once.
        if unfinished != .invalid { return }
        unfinished = UIApplication.shared.beginBackgroundTask { [weak self] in self?.finish() }
        Task {
            await app?.hidden()
            await app?.pause()
            finish()
        }
    }

    private func finish() {
        UIApplication.shared.endBackgroundTask(unfinished)
        unfinished = .invalid
    }
}
