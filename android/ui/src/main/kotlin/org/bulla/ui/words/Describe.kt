package org.bulla.ui.words

import org.bulla.model.Barrier
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.MediaKind
import org.bulla.model.MemberRole
import org.bulla.model.MembershipKind
import org.bulla.model.MessageBody
import org.bulla.model.MessagePreview
import org.bulla.model.Missing
import org.bulla.model.Refusal
import org.bulla.model.RoomKind
import org.bulla.model.RoomSummary
import org.bulla.model.RoomTitle
import org.bulla.model.SendTrouble
import org.bulla.model.Shield
import org.bulla.model.StateKind
import org.bulla.model.StorageTrouble
import org.bulla.model.TextStyle
import org.bulla.model.TrustTrouble
import org.bulla.model.UndecryptableReason
import org.bulla.model.UserId
import org.bulla.ui.model.Part
import org.bulla.ui.model.Problem

// What the core tells in codes and facts, in words.

fun Words.title(title: RoomTitle): String = when (title) {
    is RoomTitle.Named -> oneLine(title.text).ifEmpty { emptyRoom }
    is RoomTitle.People -> {
        val names = title.names.joinToString(", ") { oneLine(it, 60) }
        if (title.others == 0u) isolated(names) else andOthers(names, title.others.toInt())
    }
    is RoomTitle.Empty -> if (title.former.isEmpty()) emptyRoom else emptyRoomFormer(title.former.joinToString(", ") { oneLine(it, 60) })
}

fun Words.title(room: RoomSummary): String = title(room.title)

/** Someone's name for one line, or what their id begins with. */
fun nameOf(user: UserId, name: String?): String = name?.let { oneLine(it, 60) }?.takeIf(::visible) ?: localpart(user)

/** `name` of `@name:server`. */
fun localpart(user: UserId): String = oneLine(user.removePrefix("@").substringBefore(':'), 60)

fun Words.problem(problem: Problem): String = when (problem) {
    is Problem.Offline -> problemOffline
    is Problem.SignInAgain -> if (problem.soft) sessionEnded else deviceRemoved
    is Problem.Wait -> problemWait(problem.seconds)
    is Problem.NotFound -> when (problem.what) {
        Missing.ACCOUNT -> problemAccountGone
        Missing.ROOM -> problemRoomGone
        Missing.EVENT -> problemMessageGone
        Missing.USER -> problemUserGone
        Missing.DEVICE -> problemDeviceGone
        Missing.SERVER -> problemServerGone
        Missing.CODE -> problemNoCode
        Missing.PICTURE -> problemNoPicture
        Missing.MEDIA -> problemFileGone
    }
    is Problem.Invalid -> invalid(problem.field, problem.why)
    is Problem.Refused -> when (problem.code) {
        "M_FORBIDDEN" -> problemForbidden
        "M_INVITE_BLOCKED" -> problemInviteBlocked
        "ORG_MATRIX_EXPIRED_ACCOUNT" -> accountExpired
        "access_denied" -> problemBrowserDenied
        "OAUTH_UNSUPPORTED" -> problemBrowserUnsupported
        "QR_CHECK_CODE" -> problemDigits
        "QR_EXPIRED" -> problemCodeExpired
        "QR_CANCELLED" -> problemCodeCancelled
        "QR_UNSUPPORTED" -> problemCodeUnsupported
        "QR_OTHER_SERVER" -> problemOtherServer
        in BROWSER -> problemBrowser(problem.code)
        else -> problemRefused(problem.code)
    }
    is Problem.Untrusted -> untrusted(problem.why)
    is Problem.Forbidden -> forbidden(problem.why)
    is Problem.Storage -> if (problem.trouble == StorageTrouble.FULL) problemStorageFull else problemStorage
    is Problem.Closed -> problemClosed
    is Problem.Unexpected -> problemUnexpected(problem.reference)
}

/** The same, where the code of another device was read. */
fun Words.codeProblem(problem: Problem): String = if ((problem as? Problem.Invalid)?.field == Field.LINK) problemNotThisCode else problem(problem)

/** The same, where the code of a new device was read. */
fun Words.linkProblem(problem: Problem): String = if ((problem as? Problem.Invalid)?.field == Field.LINK) problemNotNewDevice else problem(problem)

/** The same, where a picture of a person or a room was chosen. */
fun Words.pictureProblem(problem: Problem): String = when {
    (problem as? Problem.Invalid)?.field != Field.PICTURE -> problem(problem)
    problem.why == FieldTrouble.TOO_LONG -> problemPictureTooLarge
    else -> problemNotAPicture
}

/** The same, where somebody was to be invited. */
fun Words.inviteProblem(problem: Problem): String = when ((problem as? Problem.Forbidden)?.why) {
    Barrier.GUEST -> problemGuestNotAdmitted
    Barrier.NOT_PROFESSIONAL -> problemNobodysAddress
    else -> pictureProblem(problem)
}

private fun Words.untrusted(why: TrustTrouble): String = when (why) {
    TrustTrouble.CERTIFICATE, TrustTrouble.PIN, TrustTrouble.TLS_VERSION -> problemCertificate
    TrustTrouble.DEVICE_CERTIFICATE -> problemDeviceCertificate
    TrustTrouble.NOT_LISTED -> problemNotListed
    TrustTrouble.NO_MANIFEST, TrustTrouble.MANIFEST_MALFORMED, TrustTrouble.MANIFEST_SIGNATURE, TrustTrouble.MANIFEST_OLDER -> problemManifest
    TrustTrouble.MANIFEST_EXPIRED -> problemManifestExpired
    TrustTrouble.MANIFEST_TOO_NEW -> problemManifestTooNew
    TrustTrouble.PROOF_MISSING, TrustTrouble.PROOF_MALFORMED, TrustTrouble.PROOF_SIGNATURE, TrustTrouble.PROOF_OTHER_SERVER -> problemProof
    TrustTrouble.PROOF_EXPIRED, TrustTrouble.PROOF_NOT_YET -> problemProofTime
}

private fun Words.forbidden(why: Barrier): String = when (why) {
    Barrier.NOT_PROFESSIONAL -> problemNotProfessional
    Barrier.NOT_INVITED -> problemNotInvited
    Barrier.SIGN_IN_WAY -> problemSignInWay
    Barrier.OTHER_INSTANCE -> problemOtherInstance
    Barrier.OTHER_ACCOUNT -> problemOtherAccount
    Barrier.APP_LOCKED -> appLocked
    Barrier.APP_LOCK_FORCED -> appLockForced
    Barrier.NOT_SCANNED -> problemNotScanned
    Barrier.INFECTED -> problemInfected
    Barrier.MEDIA_TYPE -> problemFileType
    Barrier.DELEGATED -> problemDelegated
    Barrier.EMAIL_NOT_CONFIRMED -> problemEmailNotConfirmed
    Barrier.TEMPORARY_PASSWORD -> mustChoosePassword
    Barrier.GUEST -> problemGuest
    Barrier.ROOM_KIND -> problemRoomKind
    Barrier.NO_EXPORT -> problemNoExport
    Barrier.NO_PLACE -> problemNoPlace
    Barrier.NO_EMAIL_INVITATIONS -> problemNoEmailInvitations
    Barrier.ENDING -> problemEnding
}

private fun Words.invalid(field: Field, why: FieldTrouble): String = when {
    field == Field.LINK -> problemLink
    field == Field.PLACE -> problemPlace
    field == Field.PICTURE -> problemNoCode
    field == Field.MEDIA && why == FieldTrouble.TOO_LONG -> problemFileTooLarge
    why == FieldTrouble.WRONG && field == Field.PASSWORD -> problemPassword
    why == FieldTrouble.WRONG && field == Field.PIN -> problemPin
    why == FieldTrouble.WRONG && field == Field.USER -> problemOtherPerson
    else -> when (why) {
        FieldTrouble.EMPTY -> problemEmpty
        FieldTrouble.TOO_LONG -> problemTooLong
        FieldTrouble.MALFORMED, FieldTrouble.WRONG -> problemMalformed
        FieldTrouble.NOT_SECURE -> problemNotSecure
        FieldTrouble.NOT_ALLOWED -> problemNotAllowed
        FieldTrouble.TOO_SHORT -> problemPasswordShort
        FieldTrouble.TOO_WEAK -> problemPasswordWeak
        FieldTrouble.NO_DIGIT -> problemPasswordDigit
        FieldTrouble.NO_SYMBOL -> problemPasswordSymbol
        FieldTrouble.NO_LOWER -> problemPasswordLower
        FieldTrouble.NO_UPPER -> problemPasswordUpper
    }
}

/** What a part of a conversation is called. */
fun Words.part(part: Part): String = when (part) {
    is Part.Thread -> thread
    is Part.Around -> earlier
    is Part.Pinned -> pins
}

/** The newest message of a conversation, on a line of the list. */
fun Words.preview(room: RoomSummary, last: MessagePreview): String {
    val text = line(last.body, last.sender, last.senderName)
    return when {
        last.body.isNews -> text
        last.mine -> previewMine(text)
        room.directWith != null -> isolated(text)
        else -> preview(nameOf(last.sender, last.senderName), text)
    }
}

/** What a message says, on one line. */
fun Words.line(body: MessageBody, sender: UserId, senderName: String?): String = when (body) {
    is MessageBody.Text -> oneLine(if (body.style == TextStyle.EMOTE) "* ${nameOf(sender, senderName)} ${unmarked(body)}" else unmarked(body))
    is MessageBody.Media -> "${media(body.kind)} ${isolated(oneLine(body.name, 80))}"
    is MessageBody.Location -> location(body)
    is MessageBody.LiveLocation -> liveLocation(body)
    is MessageBody.Gallery -> gallery(body)
    is MessageBody.Poll -> poll(oneLine(body.question))
    is MessageBody.Covered -> cover(body)
    is MessageBody.Opened -> openedGone
    is MessageBody.Redacted -> messageDeleted
    is MessageBody.Undecryptable -> undecryptable(body.why)
    is MessageBody.Call -> call(body)
    is MessageBody.Unknown -> unknownMessage
    is MessageBody.Member, is MessageBody.Profile, is MessageBody.State -> news(body, nameOf(sender, senderName)).orEmpty()
}

/** What was said without its marks: a line of a list shows no asterisks. */
private fun unmarked(body: MessageBody.Text): String {
    val html = body.html?.takeIf { it.length < 20_000 } ?: return body.plain
    return html.replace(BLOCK_END, " ").replace(TAG, "").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/** Whether this is about the conversation, and said by nobody. */
val MessageBody.isNews: Boolean get() = this is MessageBody.Member || this is MessageBody.Profile || this is MessageBody.State

/** What happened to the conversation; null for what somebody said. */
fun Words.news(body: MessageBody, sender: String): String? = when (body) {
    is MessageBody.Member -> membership(body.change, sender, nameOf(body.user, body.name))
    is MessageBody.Profile -> profile(body)
    is MessageBody.State -> when (body.kind) {
        StateKind.CREATED -> stateCreated(sender)
        StateKind.NAME -> stateName(sender, oneLine(body.value.orEmpty()))
        StateKind.TOPIC -> stateTopic(sender, oneLine(body.value.orEmpty()))
        StateKind.AVATAR -> stateAvatar(sender)
        StateKind.GUEST_ACCESS -> stateGuests(sender)
        StateKind.PINNED_EVENTS -> statePinned(sender)
        StateKind.ENCRYPTION -> stateEncryption
        else -> setting(body.kind, sender)
    }
    else -> null
}

private fun Words.profile(body: MessageBody.Profile): String {
    val (old, new) = nameOf(body.user, body.oldName) to nameOf(body.user, body.newName)
    return if (old != new) profileRenamed(old, new) else if (body.avatarChanged) profileAvatar(new) else profileChanged(new)
}

private fun Words.membership(change: MembershipKind, sender: String, name: String): String = when (change) {
    MembershipKind.JOINED, MembershipKind.INVITATION_ACCEPTED, MembershipKind.KNOCK_ACCEPTED -> memberJoined(name)
    MembershipKind.LEFT -> memberLeft(name)
    MembershipKind.INVITED -> memberInvited(sender, name)
    MembershipKind.INVITATION_DECLINED -> memberDeclined(name)
    MembershipKind.INVITATION_REVOKED -> memberRevoked(sender, name)
    MembershipKind.REMOVED -> memberRemoved(sender, name)
    MembershipKind.BANNED -> memberBanned(sender, name)
    MembershipKind.UNBANNED -> memberUnbanned(sender, name)
    MembershipKind.KNOCKED -> memberKnocked(name)
    MembershipKind.KNOCK_RETRACTED, MembershipKind.KNOCK_DENIED, MembershipKind.OTHER -> memberChanged(name)
}

fun Words.media(kind: MediaKind): String = when (kind) {
    MediaKind.IMAGE -> mediaImage
    MediaKind.VIDEO -> mediaVideo
    MediaKind.AUDIO -> mediaAudio
    MediaKind.VOICE -> mediaVoice
    MediaKind.FILE -> mediaFile
    MediaKind.STICKER -> mediaSticker
}

fun Words.undecryptable(why: UndecryptableReason): String = when (why) {
    UndecryptableReason.WAITING -> undecryptableWaiting
    UndecryptableReason.BEFORE_JOINING -> undecryptableBeforeJoining
    UndecryptableReason.BEFORE_THIS_DEVICE, UndecryptableReason.DEVICE_NOT_SIGNED -> undecryptableBeforeDevice
    UndecryptableReason.SENDER_CHANGED, UndecryptableReason.SENDER_NOT_SIGNED -> undecryptableTrust
    UndecryptableReason.UNKNOWN_ALGORITHM -> undecryptableAlgorithm
}

fun Words.trouble(why: SendTrouble): String = when (why) {
    is SendTrouble.Offline, is SendTrouble.Wait -> stateWaiting
    is SendTrouble.Rejected -> failedRejected
    is SendTrouble.TooLarge -> failedTooLarge
    is SendTrouble.IdentityChanged -> failedIdentity
    is SendTrouble.UnsignedDevices -> failedDevices
    is SendTrouble.DeviceNotSigned -> failedDevice
    is SendTrouble.Other -> failedOther
}

fun Words.shield(shield: Shield): String = when (shield) {
    Shield.AUTHENTICITY_NOT_GUARANTEED -> shieldAuthenticity
    Shield.UNKNOWN_DEVICE, Shield.UNSIGNED_DEVICE, Shield.UNVERIFIED_IDENTITY -> shieldDevice
    Shield.IDENTITY_CHANGED -> shieldIdentity
    Shield.MISMATCHED_SENDER -> shieldSender
    Shield.SENT_IN_CLEAR -> shieldClear
}

/** What sort of conversation it is. */
fun Words.kind(kind: RoomKind): String = when (kind) {
    RoomKind.DIRECT, RoomKind.PRIVATE -> kindPrivate
    RoomKind.PRIVATE_WITH_GUESTS -> kindWithGuests
    RoomKind.PRIVATE_UNENCRYPTED -> kindUnencrypted
    RoomKind.FORUM -> kindForum
    RoomKind.SPACE -> kindSpace
}

/** What follows from it. */
fun Words.kindHint(kind: RoomKind): String? = when (kind) {
    RoomKind.PRIVATE -> kindPrivateHint
    RoomKind.PRIVATE_WITH_GUESTS -> kindWithGuestsHint
    RoomKind.PRIVATE_UNENCRYPTED -> kindUnencryptedHint
    RoomKind.FORUM -> kindForumHint
    RoomKind.SPACE -> kindSpaceHint
    RoomKind.DIRECT -> null
}

/** Why people may not be invited here, where there is something to say of it. */
fun Words.refused(why: Refusal?): String? = when (why) {
    is Refusal.NeedsRole -> role(why.role)?.let(::refusedRole)
    is Refusal.Guest -> refusedGuest
    is Refusal.NotMember, is Refusal.Kind, is Refusal.AlreadySo, null -> null
}

fun Words.role(role: MemberRole): String? = when (role) {
    MemberRole.CREATOR -> roleCreator
    MemberRole.ADMINISTRATOR -> roleAdministrator
    MemberRole.MODERATOR -> roleModerator
    MemberRole.PARTICIPANT -> null
}

fun Words.typing(users: List<UserId>, names: Map<UserId, String>): String? {
    val shown = users.map { nameOf(it, names[it]) }
    return when (shown.size) {
        0 -> null
        1 -> typingOne(shown[0])
        2 -> typingTwo(shown[0], shown[1])
        else -> typingMany(shown.size)
    }
}

/** Whether anything of this would be seen: a name of joiners and blanks alone is none. */
private fun visible(name: String) = name.any { !it.isWhitespace() && Character.getType(it) != Character.FORMAT.toInt() && it != '\u3164' && it != '\u2800' }

/** What signing in through the browser comes to, where there is no more to be said of it. */
private val BROWSER = setOf(
    "OAUTH_STATE", "OAUTH_ISSUER", "OAUTH_REFUSED", "OAUTH_ERROR", "QR_REFUSED", "account_selection_required", "consent_required", "interaction_required",
    "invalid_request", "invalid_scope", "login_required", "unauthorized_client", "unsupported_response_type",
)

private val BLOCK_END = Regex("</(p|li|h[1-6]|pre|blockquote)>|<br */?>")
private val TAG = Regex("<[^>]*>")
