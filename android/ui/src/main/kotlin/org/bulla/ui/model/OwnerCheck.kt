package org.bulla.ui.model

import org.bulla.model.PlatformUnlock

/** How the platform knows its owner beside the PIN: by a finger, by a face. A shell on a device that can fills it. */
interface OwnerCheck : PlatformUnlock {
    /** The owner has set such a thing up on this device. */
    val available: Boolean

    /** A key of the lock is kept here. */
    val kept: Boolean
}
