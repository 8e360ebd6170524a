package dev.aidb.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads one file. It walks the tree of nodes rather than mapped objects, because a node knows its
 * line; it descends only along known sections, so a hostile file can't make it go deep.
 */
final class YamlFile {
  private static final long BYTES_MAX = 1024 * 1024;

  private final Path file;
  private final List<ConfigProblem> problems;
  private final Map<String, Setting> settings = new HashMap<>();

  private YamlFile(Path file, List<ConfigProblem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** What the file sets, by key; every fault goes to {@code problems}. */
  static Map<String, Setting> read(Path file, List<ConfigProblem> problems) {
    YamlFile reader = new YamlFile(file, problems);
    reader.text().ifPresent(reader::readText);
    return reader.settings;
  }

  private Optional<String> text() {
    try {
      if (Files.isDirectory(file)) {
        return refuse("is a folder, not a file");
      }
      if (Files.size(file) > BYTES_MAX) {
        return refuse("is larger than 1 MiB");
      }
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return refuse("there is no such file");
    } catch (CharacterCodingException e) {
      return refuse("isn't text in UTF-8");
    } catch (IOException e) {
      return refuse("can't be read by this user");
    }
  }

  private Optional<String> refuse(String message) {
    problems.add(new ConfigProblem("", message, file.toString()));
    return Optional.empty();
  }

  private void readText(String text) {
    try {
      LoadSettings yaml = LoadSettings.builder().setLabel(file.toString()).build();
      new Compose(yaml).composeString(text).ifPresent(root -> section("", root));
    } catch (MarkedYamlEngineException e) {
      String where = e.getProblemMark().map(this::at).orElse(file.toString());
      problems.add(new ConfigProblem("", "isn't YAML: " + e.getProblem(), where));
    } catch (YamlEngineException e) {
      problems.add(new ConfigProblem("", "isn't YAML", file.toString()));
    }
  }

  private void section(String parent, Node node) {
    if (isNothing(node)) {
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      String name = parent.isEmpty() ? "" : parent.substring(0, parent.length() - 1);
      problem(name, "must be a group of keys", node);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        problem(parent, "a key must be a word", tuple.getKeyNode());
      } else if (!seen.add(name.getValue())) {
        problem(parent + name.getValue(), "stands here twice", name);
      } else {
        entry(parent + name.getValue(), name, tuple.getValueNode());
      }
    }
  }

  private void entry(String path, Node name, Node value) {
    if (Declarations.isSection(path)) {
      section(path + ".", value);
    } else if (Declarations.key(path).isPresent()) {
      value(path, name, value);
    } else if (Declarations.inlineSecret(path).isPresent()) {
      Declaration secret = Declarations.inlineSecret(path).get();
      String advice =
          "a secret isn't written here; put it in a file named by "
              + secret.path()
              + ", or in the variable "
              + secret.secretVariable();
      problem(path, advice, name);
    } else {
      String hint =
          Declarations.nearest(path).map(near -> "; did you mean " + near + "?").orElse("");
      problem(path, "is not a known key" + hint, name);
    }
  }

  private void value(String path, Node name, Node value) {
    Path base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    String source = name.getStartMark().map(this::at).orElse(file.toString());
    if (isNothing(value)) {
      settings.put(path, new Setting(List.of(), Setting.Shape.NOTHING, base, source));
    } else if (value instanceof ScalarNode scalar) {
      List<String> text = List.of(scalar.getValue());
      settings.put(path, new Setting(text, Setting.Shape.SCALAR, base, source));
    } else if (value instanceof SequenceNode sequence
        && sequence.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
      List<String> texts =
          sequence.getValue().stream().map(node -> ((ScalarNode) node).getValue()).toList();
      settings.put(path, new Setting(texts, Setting.Shape.LIST, base, source));
    } else {
      problem(path, "must be a plain value, not a group of keys", name);
    }
  }

  private static boolean isNothing(Node node) {
    return Tag.NULL.equals(node.getTag());
  }

  private void problem(String key, String message, Node node) {
    String source = node.getStartMark().map(this::at).orElse(file.toString());
    problems.add(new ConfigProblem(key, message, source));
  }

  private String at(Mark mark) {
    return file + ":" + (mark.getLine() + 1);
  }
}
