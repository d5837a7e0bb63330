package org.bulla.ui.screen

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.isCtrlPressed
import androidx.compose.ui.input.key.isMetaPressed
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.Route

/** What the keyboard does anywhere: Ctrl+K searches, Ctrl+N writes to someone, Escape goes back. */
class Shortcuts(private val app: AppModel) {
    /** Counts the wishes to search, so that the field sees each. */
    var searches by mutableStateOf(0)
        private set
    private var answered = 0

    fun onKey(event: KeyEvent): Boolean {
        if (event.type != KeyEventType.KeyDown) return false
        val control = event.isCtrlPressed || event.isMetaPressed
        val inside = app.state.value.run { current != null && hold == null }
        return when {
            control && inside && event.key == Key.K -> search()
            control && inside && event.key == Key.N -> go(Route.NewConversation())
            event.key == Key.Escape -> app.back()
            else -> false
        }
    }

    /** Whether there is a wish that was not answered yet. */
    fun takeSearch(): Boolean = (searches > answered).also { answered = searches }

    private fun search(): Boolean {
        if (app.state.value.route.any { it !is Route.Rooms && it !is Route.Conversation }) app.home()
        searches += 1
        return true
    }

    private fun go(route: Route): Boolean {
        if (app.state.value.here != route) app.go(route)
        return true
    }
}
