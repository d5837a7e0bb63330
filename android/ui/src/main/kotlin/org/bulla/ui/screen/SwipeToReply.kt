package org.bulla.ui.screen

import androidx.compose.animation.core.animate
import androidx.compose.foundation.gestures.Orientation
import androidx.compose.foundation.gestures.draggable
import androidx.compose.foundation.gestures.rememberDraggableState
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableFloatStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.alpha
import androidx.compose.ui.hapticfeedback.HapticFeedbackType
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.LocalHapticFeedback
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.unit.IntOffset
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import kotlin.math.roundToInt
import org.bulla.ui.theme.Icons

/** How far a message is drawn before it is answered. */
private val REACH = 64.dp

/** A message that a finger draws along the line is answered; the menu offers the same to whoever has no finger on it. */
@Composable
internal fun SwipeToReply(onReply: () -> Unit, content: @Composable () -> Unit) {
    val reach = with(LocalDensity.current) { REACH.toPx() }
    val hand = LocalHapticFeedback.current
    var drawn by remember { mutableFloatStateOf(0f) }
    val state = rememberDraggableState { by ->
        val before = drawn
        drawn = (drawn + by).coerceIn(0f, reach * 1.25f)
        if (before < reach && drawn >= reach) hand.performHapticFeedback(HapticFeedbackType.LongPress)
    }
    val drag = Modifier.draggable(
        state,
        Orientation.Horizontal,
        reverseDirection = LocalLayoutDirection.current == LayoutDirection.Rtl,
        onDragStopped = {
            if (drawn >= reach) onReply()
            animate(drawn, 0f) { now, _ -> drawn = now }
        },
    )
    Box(drag) {
        if (drawn > 0f) {
            val seen = Modifier.align(Alignment.CenterStart).padding(start = 20.dp).size(24.dp).alpha((drawn / reach).coerceAtMost(1f))
            Icon(Icons.Reply, null, seen, MaterialTheme.colorScheme.primary)
        }
        Box(Modifier.offset { IntOffset(drawn.roundToInt(), 0) }) { content() }
    }
}
