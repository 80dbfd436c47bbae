package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.*;

/// Tags of EC2 things.
final class Ec2Tags {
    private final State state;

    Ec2Tags(State state) {
        this.state = state;
    }

    CreateTagsResponse create(CreateTagsRequest request) {
        Map<String, String> added = checked(request.tags());
        request.resources().forEach(this::requireExists);
        Map<String, NavigableMap<String, String>> after = new HashMap<>();
        for (String id : request.resources()) {
            NavigableMap<String, String> all = state.tagsOf(id);
            all.putAll(added);
            after.put(id, withinLimit(all));
        }
        after.forEach(state::tag);
        return CreateTagsResponse.builder().build();
    }

    /// Source: DeleteTags, "If you omit this parameter, we delete all user-defined tags"; with a
    /// value only if it is that value.
    DeleteTagsResponse delete(DeleteTagsRequest request) {
        request.resources().forEach(this::requireExists);
        for (String id : request.resources()) {
            NavigableMap<String, String> all =
                    request.hasTags() ? state.tagsOf(id) : new TreeMap<>();
            for (Tag tag : request.tags()) {
                if (tag.value() == null || tag.value().equals(all.get(tag.key()))) {
                    all.remove(tag.key());
                }
            }
            state.tag(id, all);
        }
        return DeleteTagsResponse.builder().build();
    }

    /// The tags that a create call gives to things of this type. Specifications for another type
    /// are refused.
    NavigableMap<String, String> specified(
            List<TagSpecification> specifications, ResourceType type) {
        boolean other =
                specifications.stream()
                        .anyMatch(specification -> specification.resourceType() != type);
        ec2If(other, "InvalidParameterValue", "This operation tags only " + type);
        return checked(
                specifications.stream()
                        .flatMap(specification -> specification.tags().stream())
                        .toList());
    }

    /// Source: EC2 guide, "Tag restrictions"; TagLimitExceeded.
    private NavigableMap<String, String> checked(List<Tag> tags) {
        NavigableMap<String, String> all =
                Pairs.map(tags, tag -> String.valueOf(tag.key()), Tag::value);
        boolean wrong = all.size() < tags.size();
        for (Map.Entry<String, String> tag : all.entrySet()) {
            wrong |= !tag.getKey().matches("(?!aws:).{1,128}") || tag.getValue().length() > 256;
        }
        ec2If(wrong, "InvalidParameterValue", "A tag is malformed or named twice: " + all);
        return withinLimit(all);
    }

    private NavigableMap<String, String> withinLimit(NavigableMap<String, String> all) {
        boolean over = all.size() > state.settings.limit(Quota.TAGS);
        ec2If(over, "TagLimitExceeded", "The limit on tags has been reached");
        return all;
    }

    private void requireExists(String id) {
        String kind = id.replaceFirst("-.*", "");
        boolean found =
                switch (kind) {
                    case "vpc" -> state.vpcs.find(id).isPresent();
                    case "subnet" -> state.subnets.find(id).isPresent();
                    case "i" -> state.instances.find(id).isPresent();
                    case "eipalloc" -> state.addresses.find(id).isPresent();
                    case "sg" -> state.securityGroups.find(id).isPresent();
                    case "sgr" -> state.rules.find(id).isPresent();
                    default -> false;
                };
        String code = kind.equals("sg") ? "InvalidGroup.NotFound" : "InvalidID";
        ec2If(!found, code, "The ID '" + id + "' is not valid");
    }

    List<Tag> of(String id) {
        return list(state.tagsOf(id));
    }

    static List<Tag> list(Map<String, String> tags) {
        return Pairs.list(tags, (key, value) -> Tag.builder().key(key).value(value).build());
    }
}
