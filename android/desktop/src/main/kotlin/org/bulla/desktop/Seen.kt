package org.bulla.desktop

import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.window.WindowState
import org.bulla.ui.model.AppModel

/** Tells the app's lock when nobody sees [window], and when it is back. The sessions go on: a desktop has the power for them. */
suspend fun tellTheLock(window: WindowState, app: AppModel) = snapshotFlow { window.isMinimized }.collect { minimised ->
    val told = if (minimised) app.hidden() else app.shown()
    told.join()
}
