package org.bulla.ui.model

import org.bulla.model.AccountSummary
import org.bulla.model.AppLockState
import org.bulla.model.DeploymentStatus
import org.bulla.model.Gate
import org.bulla.model.Link
import org.bulla.model.RoomId

/** The whole app: who is signed in, where the person is, what was set. */
data class AppState(
    /** False until [AppModel.start] has looked for accounts. */
    val started: Boolean = false,
    val accounts: List<AccountSummary> = emptyList(),
    val current: AccountSummary? = null,
    val route: List<Route> = listOf(Route.Welcome),
    /** What holds the current account up. */
    val hold: Hold? = null,
    /** Who belongs to the deployment, and what it asks for; null until it is known. */
    val deployment: DeploymentStatus? = null,
    /** Whether this version of the app may still be used; null until it is known, and once the person has seen what is only news. */
    val gate: Gate? = null,
    /** How the lock of the app stands; null until it is known. */
    val lock: AppLockState? = null,
    /** A link that waits for someone to sign in. */
    val pendingLink: Link? = null,
    val problem: Problem? = null,
    val settings: Settings = Settings(),
) {
    val here: Route get() = route.last()

    /** Where the deployment says how its service fares, for whoever gets no answer from it. */
    val servicePage: ServicePage? get() = deployment?.manifest?.let(ServicePage::of)

    /** Nothing may be shown before the lock is dealt with. */
    val lockedOut: Boolean get() = lock.let { it is AppLockState.Locked || it is AppLockState.Wiped || it is AppLockState.Off && it.required }

    /** The conversation on the way, which two panes show beside the list. */
    val room: RoomId? get() = route.firstNotNullOfOrNull { (it as? Route.Conversation)?.room }
}
