import Bulla
import BullaModels
import BullaViews
import SwiftUI

/// The app: one model behind every window, told of what the system does.
@main
struct BullaIOSApp: App {
    @State private var start = AppStart()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            StartView(start: start)
                .overlay { if phase != .active { Cover() } }
                .task { await start.begin() }
                .onOpenURL { link in
                    Task {
                        await start.begin()
                        await start.app?.openLink(link.absoluteString)
                    }
                }
        }
        .onChange(of: phase) { _, phase in
            switch phase {
            case .active:
                Task {
                    await start.readManaged()
                    await start.app?.shown()
                    await start.app?.resume()
                }
            case .background:
                BackgroundRefresh.plan()
                start.pauseInBackground()
            default: break
            }
        }
        .backgroundTask(.appRefresh(BackgroundRefresh.task)) { await BackgroundRefresh.run(start) }
    }
}

/// Over everything while the app is not in front: the system's picture of it, in the app switcher, shows no conversation.
private struct Cover: View {
    var body: some View {
        ZStack {
            Rectangle().fill(.background)
            Image(systemName: "lock.fill").font(.largeTitle).foregroundStyle(.secondary)
        }
        .ignoresSafeArea()
        .accessibilityHidden(true)
    }
}

/// The app's screens, or why there are none.
private struct StartView: View {
    let start: AppStart

    var body: some View {
        if let app = start.app {
            BullaScreens(app)
        } else if let problem = start.problem {
            let words = BullaModels.Settings.ofThisApp.words()
            ContentUnavailableView(words.appName, systemImage: "exclamationmark.triangle", description: Text(words.problem(problem)))
        }
    }
}

extension BullaModels.Settings {
    @MainActor fileprivate static var ofThisApp: Self { DefaultsSettingsStore().load() }
}
