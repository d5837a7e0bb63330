package org.bulla.ui.model

import org.bulla.model.EventId

/** A part of a room that is looked at for itself. */
sealed interface Part {
    /** What was said after [root], apart from the conversation. */
    data class Thread(val root: EventId) : Part

    /** What was said around [event]. */
    data class Around(val event: EventId) : Part

    data object Pinned : Part
}
