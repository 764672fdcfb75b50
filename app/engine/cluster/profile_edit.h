// Changes a profile's file as a person would, by as few lines as possible: comments, order and all else stay as they
// are, the rights of the file too, and it is replaced whole or not at all. Thread: any; blocks for the disk.
#pragma once

#include "app/engine/cluster/profile.h"

namespace nova::engine {

// Mutes the alarms of one group, or ends that: in the group's own [[lag]] rule, else in a new one before all others
// that keeps the thresholds it had. The profile as it is then. Errors: the file does not load, cannot be written, or is
// written in a way that this cannot change; it is left as it was.
kit::Result<Profile> muteInProfile(const QString& file, const QString& group, bool muted);
// The rules with that of the group changed or put in front.
QVector<LagRule> rulesWithMute(const Profile& profile, const QString& group, bool muted);

}  // namespace nova::engine
