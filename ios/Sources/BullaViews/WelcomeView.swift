#if os(iOS)
    import BullaModels
    import SwiftUI

    /// What someone sees first.
    struct WelcomeView: View {
        let problem: Problem?
        let signIn: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 16) {
                    Notice(problem: problem)
                    Text(words.welcomeTitle).font(.largeTitle.bold()).accessibilityAddTraits(.isHeader)
                    Text(words.welcomeText).font(.body)
                    Button(action: signIn) { Text(words.signIn).frame(maxWidth: .infinity, minHeight: 44) }
                        .buttonStyle(.borderedProminent)
                }
                .padding(24)
                .frame(maxWidth: 560)
                .frame(maxWidth: .infinity)
            }
            .navigationTitle(words.appName)
        }
    }
#endif
